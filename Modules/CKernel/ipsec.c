#include "CKernel.h"
#include <linux/xfrm.h>

const unsigned short SW_XFRM_MSG_NEWSA = XFRM_MSG_NEWSA;
const unsigned short SW_XFRM_MSG_UPDSA = XFRM_MSG_UPDSA;
const unsigned short SW_XFRM_MSG_DELSA = XFRM_MSG_DELSA;
const unsigned short SW_XFRMA_ALG_AUTH = XFRMA_ALG_AUTH;
const unsigned short SW_XFRMA_ALG_CRYPT = XFRMA_ALG_CRYPT;
const unsigned short SW_XFRMA_ALG_AEAD = XFRMA_ALG_AEAD;
const unsigned short SW_XFRMA_ALG_AUTH_TRUNC = XFRMA_ALG_AUTH_TRUNC;
const int SW_XFRM_USERSA_INFO_SIZE = sizeof(struct xfrm_usersa_info);
const int SW_XFRM_USERSA_ID_SIZE = sizeof(struct xfrm_usersa_id);
const int SW_XFRM_ALGO_SIZE = sizeof(struct xfrm_algo);
const int SW_XFRM_ALGO_AEAD_SIZE = sizeof(struct xfrm_algo_aead);
const int SW_XFRM_ALGO_AUTH_SIZE = sizeof(struct xfrm_algo_auth);
