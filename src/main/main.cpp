#include "startup/main.h"

int main(int argc, char** argv) { return habu::runMain(argc, argv); }
