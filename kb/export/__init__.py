"""Taking away: everything the notes hold, as one thing that another program reads."""
