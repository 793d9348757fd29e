"""Mail: messages by SMTP, or into a folder where there is no server (decision 65)."""
