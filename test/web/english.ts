/** Words that no other language of the page has: one of them shows that a text was not translated. */
export const ENGLISH_WORD =
  /\b(?:the|and|of|with|which|you|that|is|are|this|from|does|it|not|page|entry|frame|what|your|must|than|its|by|has|have|no|for|to|at|or|only|reads|writes|pages|tables|address)\b/;
