"""config.toml and the environment -> a frozen, validated Config; every problem at once, with its place."""

from digest.config.brand import Brand, Client, LookName
from digest.config.digests import DigestConfig, SectionConfig
from digest.config.keys import SigningKey
from digest.config.lists import ListConfig, SubscriberLine
from digest.config.load import load_config, locate_config
from digest.config.mail import Dkim, Hook, Returns, Sender, Smtp
from digest.config.model import Config, Network, Organiser
from digest.config.relays import RelayConfig, WarmUp
from digest.config.service import Cluster, Limits, Paths, Retention, StoreConfig, WebConfig
from digest.config.sources import CategoryConfig, SourceConfig
from digest.config.values import Secret

__all__ = [
    "Brand",
    "CategoryConfig",
    "Client",
    "Cluster",
    "Config",
    "DigestConfig",
    "Dkim",
    "Hook",
    "Limits",
    "ListConfig",
    "LookName",
    "Network",
    "Organiser",
    "Paths",
    "RelayConfig",
    "Retention",
    "Returns",
    "Secret",
    "SectionConfig",
    "Sender",
    "SigningKey",
    "Smtp",
    "SourceConfig",
    "StoreConfig",
    "SubscriberLine",
    "WarmUp",
    "WebConfig",
    "load_config",
    "locate_config",
]
