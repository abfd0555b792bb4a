"""A compiled mail as JSON, the form in which a campaign keeps it."""

import json
from dataclasses import asdict
from typing import Any

from digest.model import AS_CONFIGURED, Field, Place, SentAs, Slot
from digest.render.slices import Compiled, Part, Piece, Role, Slices, Tally


def compiled_to_json(compiled: Compiled) -> str:
    """One line of JSON; the same mail always gives the same text."""
    return json.dumps(_mail_to_json(compiled), ensure_ascii=False)


def compiled_from_json(text: str) -> Compiled:
    """Read what `compiled_to_json` wrote."""
    return _mail_from_json(json.loads(text))


def _mail_to_json(compiled: Compiled) -> dict[str, Any]:
    cut = {"html": _to_list(compiled.html), "text": _to_list(compiled.text)}
    own = {"own_subject": _to_list(compiled.own_subject)} if compiled.own_subject else {}
    translations = {tag: _mail_to_json(one) for tag, one in sorted(compiled.translations.items())}
    others = {"translations": translations} if translations else {}
    sent_as = {"sent_as": asdict(compiled.sent_as)} if compiled.sent_as != AS_CONFIGURED else {}
    return {"subject": compiled.subject, **own, **sent_as, **cut, **others}


def _mail_from_json(raw: dict[str, Any]) -> Compiled:
    own = tuple(_place_from_json(piece) or str(piece) for piece in raw.get("own_subject", ()))
    return Compiled(
        subject=raw["subject"],
        own_subject=own,
        sent_as=SentAs(**raw.get("sent_as", {})),
        html=_from_list(raw["html"]),
        text=_from_list(raw["text"]),
        translations={tag: _mail_from_json(one) for tag, one in raw.get("translations", {}).items()},
    )


def _to_list(pieces: Slices) -> list[Any]:
    return [_to_json(piece) for piece in pieces]


def _to_json(piece: Piece) -> Any:
    match piece:
        case Slot():
            return {"slot": piece.value}
        case Field():
            return {"field": piece.name, "fallback": piece.fallback}
        case Tally():
            return {"tally": piece.block, "left_out": piece.left_out, "words": list(piece.words)}
        case Part():
            told = {"block": piece.block, "categories": list(piece.categories), "shortness": piece.shortness}
            told["section"] = piece.section
            return {"part": piece.role.value, **{k: v for k, v in told.items() if v}, "pieces": _to_list(piece.pieces)}
        case str():
            return piece


def _from_list(pieces: list[Any]) -> Slices:
    return tuple(_from_json(piece) for piece in pieces)


def _place_from_json(piece: Any) -> Place | None:
    match piece:
        case {"slot": name}:
            return Slot(name)
        case {"field": name, "fallback": fallback}:
            return Field(name, fallback)
        case _:
            return None


def _from_json(piece: Any) -> Piece:
    if (place := _place_from_json(piece)) is not None:
        return place
    match piece:
        case {"tally": block, "left_out": left_out, "words": words}:
            return Tally(block=block, left_out=left_out, words=tuple(words))
        case {"part": role, "pieces": inner}:
            return Part(
                role=Role(role),
                pieces=_from_list(inner),
                block=piece.get("block", ""),
                categories=tuple(piece.get("categories", ())),
                shortness=piece.get("shortness", 0),
                section=piece.get("section", ""),
            )
        case _:
            return str(piece)
