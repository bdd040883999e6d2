"""What the processes show of themselves: figures, traces and logs. Ids and codes only, and nothing unless asked."""
