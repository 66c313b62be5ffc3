# Third-party clients against exeunt-paper: `./bootstrap peers`, or `make peers`. Not part of `make check`.
EXTRA_DIST += tests/peers/package.json tests/peers/run.sh tests/peers/harness.mjs tests/peers/main.mjs \
	tests/peers/nktkas.test.mjs tests/peers/ccxt.test.mjs
.PHONY: peers
peers: exeunt-paper
	sh $(top_srcdir)/tests/peers/run.sh $(abs_builddir)
