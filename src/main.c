/* main.c: parse arguments, build the parts, nothing else. */
int main(void)
{
	return 2;
}
