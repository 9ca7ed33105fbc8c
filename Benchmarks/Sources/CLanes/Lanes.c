#include "CLanes.h"

#if defined(__x86_64__) && defined(__linux__)
#define CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define CLONES
#endif

#define LANES 8
#include "LaneKernel.h"
#undef LANES

#define LANES 4
#include "LaneKernel.h"
#undef LANES
