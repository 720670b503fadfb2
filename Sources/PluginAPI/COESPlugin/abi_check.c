#include "oes_plugin.h"
