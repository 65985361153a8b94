//! Files that cannot be meant are refused with file, dataset and what was found.
