"""The pages that links in mails lead to: no cookie, no script, and GET changes nothing, so that no scanner harms."""
