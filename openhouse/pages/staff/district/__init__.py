"""The **District** tab: policy, and what goes with it."""
