#ifndef OES_PLUGIN_H
#define OES_PLUGIN_H
#endif
