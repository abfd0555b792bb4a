"""A network's own templates: which are in effect, copies of the shipped ones, and what they cannot reach."""

import re

import pytest
from sample_edition import announcement, config, html_of, page_of, rich_edition, text_of

from digest.errors import ConfigError, TemplateError, UsageError
from digest.render import Renderer
from digest.render.own_templates import Standing, catalogue, copy_templates
from digest.resources import bundled

SUBJECT = "email/edition/subject.txt.j2"
FOOTER = "email/_partials/footer.txt.j2"


@pytest.fixture
def own(tmp_path):
    """A configuration with a folder of its own templates, which is not there yet."""
    return config(paths={"templates": tmp_path / "own"})


def write(own, name, text):
    path = own.paths.templates / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def listed(own):
    return {one.name: one for one in catalogue(own)}


def all_of(renderer):
    mails = [renderer.edition(rich_edition(), item_url=page_of), renderer.announcement(announcement())]
    pages = [
        renderer.page("message", title="a", text="b"),
        renderer.page("unsubscribe", lists=["a", "b"], address="ann@example.org"),
        renderer.page("unsubscribed", lists=["a"]),
        *(renderer.page("item", item=entry.item) for entry in rich_edition().entries),
    ]
    return [part for mail in mails for part in (mail.subject, html_of(mail), text_of(mail))] + pages


def offered_names():
    """Every shipped template but the console's, which are nobody's to change."""
    names = (path.relative_to(bundled("templates")).as_posix() for path in bundled("templates").rglob("*.j2"))
    return {name for name in names if not name.startswith("web/console/")}


def test_copies_of_every_template_render_the_same_bytes_as_the_shipped_ones(own):
    copied = copy_templates(own, ["*"])
    assert len(copied) == len(offered_names()) > 20
    assert all_of(Renderer(own)) == all_of(Renderer(config()))


def test_one_copied_partial_replaces_the_shipped_one_and_leaves_the_rest(own):
    (path,) = copy_templates(own, [FOOTER])
    path.write_text(path.read_text().replace("\n--------\n", "\n~~~~~~~~\n"))
    mail = Renderer(own).edition(rich_edition(), item_url=page_of)
    shipped = Renderer(config()).edition(rich_edition(), item_url=page_of)
    assert text_of(mail) == text_of(shipped).replace("\n--------\n", "\n~~~~~~~~\n")
    assert html_of(mail) == html_of(shipped)


def test_a_template_that_is_added_or_taken_away_while_a_service_runs_is_noticed(own):
    own.paths.templates.mkdir()
    renderer = Renderer(own)
    shipped = renderer.edition(rich_edition(), item_url=page_of).subject
    path = write(own, SUBJECT, "Mine")
    assert renderer.edition(rich_edition(), item_url=page_of).subject == "Mine"
    path.unlink()
    assert renderer.edition(rich_edition(), item_url=page_of).subject == shipped != "Mine"


def test_the_line_of_a_mistake_in_a_copy_is_the_line_that_an_editor_shows(own):
    (path,) = copy_templates(own, [SUBJECT])
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines, "{{ nothing }}"]))
    with pytest.raises(TemplateError, match=rf"subject\.txt\.j2, line {len(lines) + 1}: 'nothing' is undefined"):
        Renderer(own).edition(rich_edition(), item_url=page_of)


def test_a_pattern_copies_what_it_matches_and_nothing_else(own):
    copy_templates(own, ["email/_partials/*.txt.j2", SUBJECT])
    there = {path.relative_to(own.paths.templates).as_posix() for path in own.paths.templates.rglob("*.j2")}
    assert FOOTER in there
    assert SUBJECT in there
    assert all(name == SUBJECT or re.fullmatch(r"email/_partials/\w+\.txt\.j2", name) for name in there)


def test_nothing_is_copied_where_one_of_the_files_is_there_already(own):
    mine = write(own, FOOTER, "mine")
    with pytest.raises(UsageError, match=r"footer\.txt\.j2; nothing was copied; --force replaces"):
        copy_templates(own, ["email/*"])
    assert [path for path in own.paths.templates.rglob("*") if path.is_file()] == [mine]
    assert mine.read_text() == "mine"


def test_force_replaces_what_is_there(own):
    mine = write(own, FOOTER, "mine")
    copy_templates(own, [FOOTER], force=True)
    assert mine.read_text().endswith((bundled("templates") / FOOTER).read_text())


@pytest.mark.parametrize(
    ("wanted", "hint"),
    [
        ("email/edition/subjct.txt.j2", f"did you mean {re.escape(SUBJECT)}\\?$"),
        ("masthead", r"did you mean email/_partials/masthead\.mjml\.j2\?$"),
        ("sms/*", "`digest templates list` shows them all$"),
        ("../config.toml", "no shipped template"),
    ],
)
def test_a_name_that_is_not_shipped_is_refused_with_the_nearest(own, wanted, hint):
    with pytest.raises(UsageError, match=hint):
        copy_templates(own, [SUBJECT, wanted])
    assert not own.paths.templates.exists()


def test_without_a_folder_in_the_configuration_the_line_to_add_is_told():
    with pytest.raises(ConfigError, match=r'paths\.templates: no folder is named \(add templates = "my-templates"'):
        copy_templates(config(), [SUBJECT])


def test_a_folder_that_cannot_be_made_is_told(own, tmp_path):
    (tmp_path / "own").write_text("a file")
    with pytest.raises(UsageError, match=r"own.* cannot be written: "):
        copy_templates(own, [SUBJECT])


def test_the_list_tells_whose_each_template_is_and_what_it_is_for(own):
    copy_templates(own, [SUBJECT, "web/message.html.j2"])
    found = listed(own)
    assert offered_names() == set(found)
    assert {name for name, one in found.items() if one.standing is Standing.OWN} == {SUBJECT, "web/message.html.j2"}
    assert found[SUBJECT].path == own.paths.templates / SUBJECT
    assert found["web/message.html.j2"].purpose == listed(config())["web/message.html.j2"].purpose != ""
    assert not any(one.note for one in found.values())


def test_a_copy_of_what_has_changed_since_is_outdated_until_it_carries_the_new_hash(own):
    (path,) = copy_templates(own, [FOOTER])
    now = path.read_text()
    then = re.sub("hash [0-9a-f]{16}", "hash 0123456789abcdef", now)
    path.write_text(then + "mine")
    outdated = listed(own)[FOOTER]
    assert outdated.standing is Standing.OUTDATED
    current = re.search(r"write hash ([0-9a-f]{16})$", outdated.note)[1]
    path.write_text(then.replace("0123456789abcdef", current) + "mine")
    assert (listed(own)[FOOTER].standing, listed(own)[FOOTER].note) == (Standing.OWN, "")


def test_a_mistyped_name_is_told_with_the_nearest(own):
    write(own, "email/edition/subject.j2", "Hello")
    write(own, ".hidden", "x")
    write(own, "email/edition/subject.txt.j2~", "x")
    extra = [one for one in catalogue(own) if one.standing is not Standing.SHIPPED]
    assert [(one.name, one.standing) for one in extra] == [("email/edition/subject.j2", Standing.EXTRA)]
    assert extra[0].note.endswith(f"did you mean {SUBJECT}?")


def test_an_own_piece_that_an_own_template_includes_is_no_mistake(own):
    write(own, "pieces/sponsor.txt.j2", "{# Who pays. #}\nWith thanks to the seed merchant.")
    write(own, FOOTER, '{% include "pieces/sponsor.txt.j2" %}')
    assert (listed(own)["pieces/sponsor.txt.j2"].purpose, listed(own)["pieces/sponsor.txt.j2"].note) == (
        "Who pays.",
        "",
    )


def test_a_template_saved_with_a_byte_order_mark_renders_without_it(own):
    write(own, SUBJECT, "\ufeffHello")
    assert Renderer(own).edition(rich_edition(), item_url=page_of).subject == "Hello"


@pytest.mark.parametrize(
    "text",
    [
        "{{ network.parse_file('/etc/hostname') }}",
        "{{ network.parse_raw('x', proto='pickle', allow_pickle=True) }}",
        "{{ brand.model_fields }}",
        "{{ sender.return_path.__class__.__mro__ }}",
        "{{ network.name | attr('__class__') }}",
        "{{ say.__globals__ }}",
        "{{ facts_of.__self__._config.smtp.password.reveal() }}",
        "{{ facts_of }}",
        "{{ edition.sections.append(1) }}",
        "{{ edition.read }}",
        "{{ slot.update({'name': 'x'}) }}",
        "{{ cut.refuse('x', template='y') }}",
        "{{ cut.slots }}",
        "{{ lipsum() }}",
        "{{ '{0.__globals__}'.format(say) }}",
        "{% include '../../../../../../../../etc/hostname' %}",
        "{% include '/etc/hostname' %}",
        "{% import 'os' as os %}",
        "{{ config }}",
        "{{ range(10_000_000) | join }}",
        "{% include 'email/edition/subject.txt.j2' %}",
    ],
)
def test_a_template_reaches_neither_the_machine_nor_the_program(own, text):
    write(own, SUBJECT, text)
    with pytest.raises(TemplateError, match=r"subject\.txt\.j2, line 1: "):
        Renderer(own).edition(rich_edition(), item_url=page_of)
