from .activity import latest_activity as latest_activity
