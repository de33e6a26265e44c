"""The results of all channels in one place, to be read by leaders and departments."""
