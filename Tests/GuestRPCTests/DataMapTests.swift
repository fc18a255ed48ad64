import CTestSupport
import GuestRPC
import Kernel
import TestSupport
import Testing

@Suite("Guest RPC's packets") struct DataMapTests {}
