# keys.awk: the action table of ui/action.h as roff.
/^\tX\(/ {
	line = $0
	match(line, /X\([A-Z_]+/); place = substr(line, RSTART + 2, RLENGTH - 2)
	n = split(line, q, "\"")
	if (n < 7) next
	if (place != last) {
		title = tolower(place); gsub(/_/, " ", title)
		if (title == "all") title = "everywhere"
		if (title == "move") title = "moving"
		print ".SH " toupper(title)
		last = place
	}
	keys = q[4]; help = q[6]; name = q[2]
	gsub(/\\/, "\\e", keys); gsub(/-/, "\\-", keys); gsub(/…/, "...", help); gsub(/-/, "\\-", name)
	print ".TP"
	print ".B " "\"" keys "\""
	print help " (\\fI" name "\\fR)"
}
