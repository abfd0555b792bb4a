"""A plan in a file: what was shown is what is applied, or nothing is."""

from collections.abc import Iterator, Sequence
from functools import cache

from pydantic import TypeAdapter, ValidationError

from digest.errors import DigestError, UsageError
from digest.store.people import ListPlan

_SHOWN = 3  # people of each kind of difference
_KINDS = ("added", "removed", "changed", "kept_out")

__all__ = ["ListPlan", "plans_from_json", "plans_to_json", "refuse_other"]


@cache
def _codec() -> TypeAdapter[tuple[ListPlan, ...]]:
    return TypeAdapter(tuple[ListPlan, ...])


def plans_to_json(plans: Sequence[ListPlan]) -> str:
    """What was planned, as a file keeps it; it holds addresses and names."""
    return _codec().dump_json(tuple(plans), indent=1).decode() + "\n"


def plans_from_json(text: str, *, name: str) -> tuple[ListPlan, ...]:
    """Read what `plans_to_json` wrote.

    Raises:
        UsageError: when the file of this name is no plan.
    """
    try:
        return _codec().validate_json(text)
    except ValidationError:
        raise UsageError(f"{name} is no plan; `digest lists plan --out FILE` writes one") from None


def refuse_other(shown: Sequence[ListPlan], current: Sequence[ListPlan]) -> None:
    """Let through only what was shown.

    Raises:
        DigestError: when something else would be changed by now, saying what.
    """
    differences = [line for line in _differences(shown, current) if line]
    if differences:
        told = "\n".join(f"  {line}" for line in differences)
        raise DigestError(f"Nothing was changed: what would be is no longer what was shown. Plan again.\n{told}")


def _differences(shown: Sequence[ListPlan], current: Sequence[ListPlan]) -> Iterator[str]:
    before, after = ({plan.name: plan for plan in plans} for plans in (shown, current))
    for name in dict.fromkeys([*before, *after]):
        if name not in after or name not in before:
            yield f'the list "{name}" is {"no longer" if name in before else "newly"} there'
        elif before[name] != after[name]:
            yield from _in_list(before[name], after[name])


def _in_list(before: ListPlan, after: ListPlan) -> Iterator[str]:
    told = False
    for kind in _KINDS:
        was, now = ([repr(one) for one in getattr(plan, kind)] for plan in (before, after))
        anew, gone = set(now) - set(was), set(was) - set(now)
        for which, plan, verb in ((anew, after, "newly"), (gone, before, "no longer")):
            who = [_address(one) for one in getattr(plan, kind) if repr(one) in which]
            if who:
                told = True
                more = f" and {len(who) - _SHOWN} more" if len(who) > _SHOWN else ""
                yield f"{before.name}: {verb} {kind.replace('_', ' ')}: {', '.join(who[:_SHOWN])}{more}"
    if not told:
        yield f"{before.name}: {before.active} were active, {after.active} are, or its title or guard is another"


def _address(one: object) -> str:
    person = getattr(one, "person", None) or getattr(one, "now", None) or one
    return str(getattr(person, "address", person))
