/* story_in.h: numbers of the story as the core's types. */
#ifndef EXEUNT_TESTS_STORY_IN_H
#define EXEUNT_TESTS_STORY_IN_H

#include <math.h>

#include "tests/screens/story.h"

static inline struct price px(double v)
{
	return (struct price){llround(v * 1e10)};
}

static inline struct qty qty(double v)
{
	return (struct qty){llround(v * 1e8)};
}

static inline struct money usd(double v)
{
	return (struct money){llround(v * 1e8)};
}

static inline struct ratio ratio(double v)
{
	return (struct ratio){llround(v * 1e12)};
}

#endif
