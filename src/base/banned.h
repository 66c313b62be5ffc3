/* banned.h: calls that cannot be used well here, as compile errors. Included last in a file.
 * Decimals never pass through a double or a locale; time and randomness arrive as data. */
#ifndef EXEUNT_BASE_BANNED_H
#define EXEUNT_BASE_BANNED_H

#pragma GCC poison strcpy strcat sprintf vsprintf strncpy strtok gets
#pragma GCC poison atof atoi atol strtod strtof strtold rand srand random
#pragma GCC poison localtime ctime asctime gmtime setlocale

#endif
