"""The district's choices, with history. This room holds values only; the rooms above read them and draw the consequences."""
