#pragma once
/* 1: this process entered network and mount namespaces of its own before main; 0: it did not; -1: unshare failed. */
int sw_fresh_namespaces(void);
