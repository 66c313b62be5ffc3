#include "engine/engine.h"
#include "engine/replay.h"
