/** The version of this package. A constant, because a bundle has no manifest beside it; a test compares the two. */
export const version = '0.1.0';
