"""What is muted: the same by the mail's slices, by the edition that its subject is made of, and by the plan."""

from hypothesis import given, settings
from hypothesis import strategies as st
from sample_edition import edition, event, post, render, section, vacancy

from digest.compose import wanted
from digest.model import Offer, Sliced, Slot, fewest_offers, is_muted
from digest.render import compiled_from_json, compiled_to_json
from digest.render.slices import Lines

NAMES = ("soil", "plots", "tools")
MUTABLE = (*NAMES, "posts", "events", "vacancies")
categories = st.lists(st.sampled_from([name.title() for name in NAMES]), unique=True, max_size=3).map(tuple)


@st.composite
def editions(draw):
    """Editions of up to three kinds, each row under a title of its own."""
    sections = []
    for kind, make in (("v", vacancy), ("e", event), ("p", post)):
        rows = draw(st.lists(categories, max_size=3))
        if rows:
            made = [
                make(f"{kind}{number} title", key=f"{kind}{number}", categories=own) for number, own in enumerate(rows)
            ]
            sections.append(section(*made))
    return edition(*sections)


muted_names = st.frozensets(st.sampled_from(MUTABLE))


def titles(text: Sliced):
    joined = "".join(piece for piece in text if not isinstance(piece, Slot))
    return {f"{kind}{number} title" for kind in "vep" for number in range(3) if f"{kind}{number} title" in joined}


@settings(max_examples=20)
@given(editions().filter(lambda one: one.entries), muted_names)
def test_slices_edition_and_plan_agree_on_who_gets_what(made, muted):
    compiled = compiled_from_json(compiled_to_json(render(made)))
    left = {entry.item.title for entry in wanted(made, muted).entries}
    lines = Lines(subject="S", preheader="")
    mail = compiled.for_readers(muted, lines=lines)
    assert titles(mail.html) == titles(mail.text) == left
    nothing = all(is_muted(muted, one.section, one.categories) for one in compiled.offers())
    assert nothing is not bool(left)
    assert compiled.mutable() <= frozenset(MUTABLE)
    assert compiled.for_readers(muted & compiled.mutable(), lines=lines) == mail


offers = st.builds(
    Offer,
    section=st.sampled_from(["posts", "events"]),
    categories=st.lists(st.sampled_from(NAMES), unique=True).map(lambda names: tuple(sorted(names))),
)


@given(st.lists(offers), muted_names)
def test_the_fewest_offers_say_as_much_as_all(given_, muted):
    def nothing(those):
        return all(is_muted(muted, one.section, one.categories) for one in those)

    assert nothing(fewest_offers(given_)) is nothing(given_)


def test_an_uncategorised_item_says_all_of_its_section():
    bare, soil = Offer(section="posts", categories=()), Offer(section="posts", categories=("soil",))
    other = Offer(section="events", categories=("soil",))
    assert fewest_offers([soil, bare, other, soil]) == (other, bare)


def test_a_mail_frozen_before_sections_were_known_is_cut_by_categories_alone():
    kept = compiled_to_json(render(edition(section(post("Leaf mould", categories=("Soil",)), post("Bare")))))
    former = compiled_from_json(kept.replace(', "section": "posts"', ""))
    assert compiled_to_json(former) != kept
    assert former.for_readers({"posts"}) == former.for_readers()
    assert former.offers() == (Offer(section="", categories=()),)
