//! What a learner has done: marks, answers, reflections, peer work, and the progress they add up to.
