/* plant.h: planted bugs, for proving that the simulator finds what it should. PLANT(n) is the
 * constant 0 in every program that is installed; only the simulator is built with EXEUNT_PLANTS and
 * chooses one by number at run time. tests/sim/plants.txt says what each does. */
#ifndef EXEUNT_BASE_PLANT_H
#define EXEUNT_BASE_PLANT_H

#ifdef EXEUNT_PLANTS
extern int exeunt_plant_chosen;
#define PLANT(n) (exeunt_plant_chosen == (n))
#else
#define PLANT(n) 0
#endif

#endif
