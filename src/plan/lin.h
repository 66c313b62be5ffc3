/* lin.h: small dense linear algebra, row-major, the caller's memory. Own code and not LAPACK: the
 * matrices are at most a few hundred wide, nothing may allocate, and the same input must give the
 * same bits on every machine (a tuned BLAS sums in an order of its own). */
#ifndef EXEUNT_PLAN_LIN_H
#define EXEUNT_PLAN_LIN_H

#include <stdbool.h>
#include <stdint.h>

/* a (n x n, symmetric, lower part read) = L L'; L overwrites the lower part. False when a pivot is
 * not above rel x its diagonal: then *bad (may be NULL) is the row that depends on those before. */
bool lin_cholesky(double *a, uint32_t n, double rel, uint32_t *bad);
void lin_lower(const double *l, uint32_t n, double *x);	  /* x <- L^-1 x */
void lin_lower_t(const double *l, uint32_t n, double *x); /* x <- L'^-1 x */
/* Eigenvalues of symmetric a into w (rising) and orthonormal columns into u, by Jacobi; a is
 * destroyed. */
void lin_eigen(double *a, uint32_t n, double *w, double *u);

#endif
