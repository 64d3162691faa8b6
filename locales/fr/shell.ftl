app-name = posfleet
