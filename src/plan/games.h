/* games.h: others in the market: predators beside an exit, and quotes of an exit that rests.
 * Units are the caller's, as long as they agree. */
#ifndef EXEUNT_PLAN_GAMES_H
#define EXEUNT_PLAN_GAMES_H

#include <stdbool.h>
#include <stdint.h>

/* Carlin, Lobo, Viswanathan, "Episodic liquidity crises" (2007): n traders, price U + gamma sum X +
 * lambda sum Y (Y rates), each trades change[i] over T; the open-loop equilibrium. */
enum { CLV_TRADERS = 8 };
struct clv {
	uint32_t n; /* 1..CLV_TRADERS */
	double gamma, lambda, horizon;
	double change[CLV_TRADERS]; /* signed: -1 sells one; a predator has 0 */
};
struct clv_out {
	double cost[CLV_TRADERS]; /* paid, against U; negative earns */
	double alone;		  /* cost of trader 0 if nobody else were there: TWAP */
	double markup;		  /* cost[0] / alone - 1 */
};
/* gamma T / lambda is the exposure to predation: 3 % at 1, 40 % at 10 with one predator. False:
 * numbers not positive, change[0] 0. */
bool clv_solve(const struct clv *in, struct clv_out *out);
double clv_rate(const struct clv *in, uint32_t trader, double t);

/* Gueant, Lehalle, Fernandez-Tapia, "Dealing with the inventory risk" (2012): limit orders filled
 * at intensity a e^{-k d} at distance d, exponential utility with risk aversion gamma, terminal
 * cost b a unit, drift mu, volatility sigma. Distance to quote with q units and `left` to go. */
struct glf {
	double a, k, gamma, mu, sigma, b;
};
enum { GLF_UNITS = 64 };
/* quote[q - 1] for q = 1..n. False: numbers not positive, n out of range, or beyond the range of a
 * double. */
bool glf_quotes(const struct glf *in, double left, uint32_t n, double *quote);
/* The same for the last unit in closed form, for who asks at every book. With c = k gamma sigma^2/2
 * - k mu and eta = a (1 + gamma/k)^-(1 + k/gamma) it is ln(w)/k + ln(1 + gamma/k)/gamma,
 * w = e^{-kb - c left} + eta (1 - e^{-c left})/c. */
bool glf_last(const struct glf *in, double left, double *quote);

#endif
