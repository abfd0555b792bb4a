"""The modules that hold the promises, and the tests that are asked about each: those nearest to it first."""

PEOPLE = ("tests/rooms/test_store_people.py", "tests/rooms/test_store_people_apart.py")
PREFERENCES = "tests/rooms/test_store_preferences.py"
OUTBOX = (
    "tests/rooms/test_store_outbox.py",
    "tests/rooms/test_store_apart.py",
    "tests/rooms/test_store_settling.py",
    "tests/rooms/test_store_chunks.py",
    "tests/rooms/test_store_ledger.py",
)
OUTCOMES = ("tests/rooms/test_store_outcomes.py", *OUTBOX[:3])
CAMPAIGNS = (
    "tests/rooms/test_store_campaigns.py",
    "tests/rooms/test_store_apart.py",
    "tests/rooms/test_store_items.py",
)
COMPOSE = (
    "tests/unit/test_compose_edition.py",
    "tests/unit/test_compose_selection.py",
    "tests/unit/test_compose_laws.py",
)
SENDING = (
    "tests/unit/test_deliver_engine.py",
    "tests/unit/test_deliver_time.py",
    "tests/unit/test_deliver_supply.py",
    "tests/unit/test_deliver_pressure.py",
)

PROMISES: dict[str, tuple[str, ...]] = {
    "digest/store/people/lists.py": PEOPLE,
    "digest/store/people/standing.py": (PREFERENCES, *PEOPLE, OUTBOX[0], OUTBOX[2]),
    "digest/store/people/preferences.py": (PREFERENCES,),
    "digest/store/people/forgotten.py": ("tests/rooms/test_store_forgotten.py",),
    "digest/store/outbox/retention.py": ("tests/rooms/test_retention.py",),
    "digest/store/people/subscribers.py": (*PEOPLE, *OUTBOX[:1]),
    "digest/store/people/suppressions.py": (*PEOPLE, *OUTBOX[:1]),
    "digest/store/outbox/queue.py": OUTBOX,
    "digest/store/outbox/versions.py": OUTBOX,
    "digest/store/outbox/withdrawal.py": OUTBOX,
    "digest/store/outbox/states.py": OUTBOX,
    "digest/store/outbox/plan.py": OUTBOX,
    "digest/store/outbox/progress.py": (*OUTBOX[3:], *OUTBOX[:3]),
    "digest/store/outbox/doubts.py": (OUTBOX[2], *OUTBOX[:2]),
    "digest/store/outbox/chunks.py": (OUTBOX[3], *OUTBOX[:3]),
    "digest/store/outbox/outcomes.py": OUTCOMES,
    "digest/store/outbox/report.py": OUTCOMES,
    "digest/store/outbox/ledger.py": (OUTBOX[4], "tests/rooms/test_store_ledger_rounds.py", OUTBOX[3]),
    "digest/store/campaigns/finding.py": CAMPAIGNS,
    "digest/store/campaigns/outlines.py": CAMPAIGNS,
    "digest/store/campaigns/writing.py": CAMPAIGNS,
    "digest/store/appearances.py": ("tests/rooms/test_store_appearances.py", *CAMPAIGNS[:2]),
    "digest/core/campaigns/moves.py": ("tests/rooms/test_moves.py",),
    "digest/compose/duplicates.py": (
        "tests/unit/test_compose_duplicates.py",
        "tests/unit/test_compose_merged.py",
        "tests/unit/test_compose_succession.py",
    ),
    "digest/compose/succession.py": ("tests/unit/test_compose_succession.py", "tests/unit/test_compose_replaced.py"),
    "digest/compose/selection.py": (COMPOSE[1], COMPOSE[0], "tests/unit/test_compose_succession.py", COMPOSE[2]),
    "digest/compose/expiry.py": ("tests/unit/test_compose_expiry.py", COMPOSE[1]),
    "digest/compose/cadence.py": ("tests/unit/test_cadence.py",),
    "digest/compose/edition.py": COMPOSE,
    "digest/compose/edits.py": ("tests/unit/test_compose_edits.py",),
    "digest/deliver/outcome.py": ("tests/unit/test_deliver_outcome.py",),
    "digest/deliver/pressure.py": ("tests/unit/test_deliver_pressure.py",),
    "digest/deliver/pace.py": (SENDING[3], SENDING[1], SENDING[0], SENDING[2]),
    "digest/deliver/fairness.py": ("tests/unit/test_deliver_fairness.py", *SENDING[:2]),
    "digest/deliver/retry.py": ("tests/unit/test_deliver_retry.py",),
    "digest/deliver/supply.py": (SENDING[2], *SENDING[:2]),
    "digest/deliver/gate.py": ("tests/unit/test_deliver_gate.py", *SENDING),
    "digest/config/subscribers.py": ("tests/unit/test_config_subscribers.py", "tests/unit/test_config.py"),
    "digest/tokens.py": ("tests/unit/test_tokens.py",),
    "digest/collect/fetch/addresses.py": (
        "tests/unit/test_collect_addresses.py",
        "tests/rooms/test_collect_http_addresses.py",
    ),
    "digest/returns/scoring.py": ("tests/unit/test_returns_scoring.py",),
    "digest/returns/status.py": ("tests/unit/test_returns_status.py", "tests/unit/test_returns_cases.py"),
    "digest/returns/dsn.py": ("tests/unit/test_returns_cases.py",),
    "digest/returns/address.py": ("tests/unit/test_returns_address.py", "tests/unit/test_returns_cases.py"),
}
