#include "core/snap.h"
