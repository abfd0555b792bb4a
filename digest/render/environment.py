"""The Jinja environment: an admin's own templates before the shipped ones, and output that is safe by default.

In HTML and MJML every value is escaped for text and for quoted attributes alike, a template cannot forget it.
Line breaks and backslashes become entities too, because MJML's compiler would write them into an attribute in a
programmer's notation. Plain text stays plain.
"""

import re
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from itertools import takewhile
from pathlib import Path
from typing import Any

import jinja2
from jinja2.nodes import EvalContext
from markupsafe import Markup, escape

from digest.config import Config
from digest.errors import ConfigError, Problem, TemplateError
from digest.model import Quoted, Told
from digest.render.fragments import for_page, of_others
from digest.render.looks import offered_brand
from digest.render.offered import OfferedNetwork, OfferedSender, offered
from digest.render.plain import keep_numbers, keep_short, one_line, printable, reflow, shorten, underline, wrap
from digest.render.sandbox import Sandbox
from digest.resources import bundled

_PLAIN_NAME = ".txt.j2"
_CONSOLE = ("web/console/", "locales/console/", "locales/desk/")
_MISTAKES = (jinja2.TemplateError, TypeError, ValueError, LookupError, AttributeError, ArithmeticError)


class _OwnFirst(jinja2.FileSystemLoader):
    """Notices, while a service runs, also a file that comes to stand before the one in use."""

    def get_source(self, environment: jinja2.Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        text, path, unchanged = super().get_source(environment, template)
        candidates = (Path(folder, template) for folder in self.searchpath)
        before = tuple(takewhile(lambda candidate: candidate != Path(path), candidates))
        return text, path, lambda: unchanged() and not any(candidate.is_file() for candidate in before)

    def list_templates(self) -> list[str]:
        """All but the console's, which no mail and no public page is made of."""
        return [name for name in super().list_templates() if not name.startswith(_CONSOLE)]


def template_folders(config: Config) -> tuple[Path, ...]:
    """Where templates and catalogs of this configuration stand, the network's own first.

    Raises:
        ConfigError: when ``paths.templates`` names no folder.
    """
    own = own_folder(config)
    return (bundled("templates"),) if own is None else (own, bundled("templates"))


def make_environment(config: Config) -> jinja2.Environment:
    """The environment that all templates of this configuration are rendered in.

    Raises:
        ConfigError: when ``paths.templates`` names no folder.
    """
    environment = Sandbox(
        loader=_OwnFirst(template_folders(config), encoding="utf-8-sig"),
        autoescape=_is_markup,
        finalize=finalise,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "css": _css,
        "fallback": _fallback,
        "for_page": for_page,
        "keep_numbers": keep_numbers,
        "keep_short": keep_short,
        "of_others": of_others,
        "one_line": one_line,
        "reflow": reflow,
        "shorten": shorten,
        "underline": underline,
        "wrap": wrap,
    }
    environment.globals |= {
        "network": offered(OfferedNetwork, config.network),
        "brand": offered_brand(config.brand),
        "sender": offered(OfferedSender, config.sender),
    }
    return environment


def own_folder(config: Config) -> Path | None:
    """The folder of the network's own templates, where one is configured.

    Raises:
        ConfigError: when ``paths.templates`` names no folder.
    """
    if config.paths.templates is None:
        return None
    own = config.resolve(config.paths.templates)
    if not own.is_dir():
        fix = "`digest templates copy NAME` makes it; without the key the shipped templates are used"
        raise ConfigError([Problem(where="config.toml: paths.templates", what=f"there is no folder {own}", fix=fix)])
    return own


def template_hash(environment: jinja2.Environment) -> str:
    """16 hex digits that change whenever a template or catalog in effect changes."""
    digest = sha256()
    for name in sorted(environment.list_templates(extensions=["j2", "po"])):
        source, _, _ = _source(environment, name)
        digest.update(f"{name}\0{len(source)}\0{source}".encode())
    return digest.hexdigest()[:16]


def render(template: jinja2.Template, context: dict[str, Any], *, place: str) -> str:
    """Render one template.

    Raises:
        TemplateError: naming the template's file and line, or `place` where it has none.
    """
    with told_by_place(place):
        return template.render(context)


@contextmanager
def told_by_place(place: str) -> Iterator[None]:
    """Report a mistake in a template by its file and line, or by `place` where it has none.

    Raises:
        TemplateError: for whatever reading or rendering a template raises.
    """
    try:
        yield
    except jinja2.TemplateSyntaxError as error:
        raise _told(
            Told("line_of", name=error.filename or place, number=str(error.lineno)), Quoted(error.message)
        ) from error
    except jinja2.TemplateNotFound as error:
        raise _told(_where(error, place), Told("template_none", name=str(error.name))) from error
    except UnicodeDecodeError as error:
        raise _told(place, Told("template_encoding", at=str(error.start))) from error
    except OSError as error:
        raise _told(str(error.filename or place), Told("unreadable", said=Quoted(error.strerror))) from error
    except RecursionError as error:
        raise _told(_where(error, place), Told("template_itself")) from error
    except _MISTAKES as error:
        raise _told(_where(error, place), Quoted(str(error) or type(error).__name__)) from error


def _told(place: str, why: str) -> TemplateError:
    return TemplateError(Told("says", place=place, why=why))


def _is_markup(name: str | None) -> bool:
    return name is not None and not name.endswith(_PLAIN_NAME)


def _source(environment: jinja2.Environment, name: str) -> tuple[str, str | None, Any]:
    loader = environment.loader
    assert loader is not None  # noqa: S101  (make_environment sets it)
    with told_by_place(name):
        return loader.get_source(environment, name)


def _where(error: BaseException, place: str) -> str:
    # Jinja rewrites tracebacks so that a template's frames carry the template's own file and line.
    frames = traceback.extract_tb(error.__traceback__)
    frame = next((frame for frame in reversed(frames) if Path(frame.filename).suffix == ".j2"), None)
    if frame is not None:
        return Told("line_of", name=frame.filename, number=str(frame.lineno))
    inline = next((frame for frame in reversed(frames) if frame.filename == "<template>"), None)
    return Told("line_of", name=place, number=str(inline.lineno)) if inline is not None else place


@jinja2.pass_context
def _fallback(context: jinja2.runtime.Context, place: str, words: str) -> str:
    """What stands in the place of a person's field for whom it is not known."""
    return str(context["cut"].fallback(place, words))


def _css(value: str) -> Markup:
    """A configured value for a style sheet, where entities mean nothing; it cannot end its declaration."""
    return Markup(re.sub(r"[<>{};\\\n]", "", printable(value)))  # noqa: S704  (nothing left that leaves the style)


@jinja2.pass_eval_context
def finalise(context: EvalContext, value: Any) -> Any:
    """A value as it stands in what is rendered: escaped in markup, without characters that deceive the eye."""
    if callable(value) and not isinstance(value, jinja2.Undefined):
        raise TypeError("a function stands here; it is called with brackets after its name")
    if not context.autoescape or hasattr(value, "__html__"):
        return value
    escaped = re.sub(r"\r\n?|\n|\x85", "&#10;", str(escape(printable(str(value)))))
    return Markup(escaped.replace("\t", "&#9;").replace("\\", "&#92;"))  # noqa: S704  (escaped above)
