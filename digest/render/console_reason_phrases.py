"""What the console says of counts over time, of reasons, and of what needs somebody; as `console_phrases`."""

from collections.abc import Mapping

REASON_PHRASES: Mapping[str, str | tuple[str, str]] = {
    # a campaign under way
    "console_campaign_rate_minute": "{rate} a minute",
    # lists over time
    "console_growth": "The last half year",
    "console_growth_before": "{before} half a year ago",
    "console_growth_plot": "{list}, week by week: {before} half a year ago, {now} now, {most} at most",
    "console_growth_json": "The numbers as JSON",
}
