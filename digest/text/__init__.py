"""Text as people write it: Markdown, HTML, plain text, front matter and links; pure."""
