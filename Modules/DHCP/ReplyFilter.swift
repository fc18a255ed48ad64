internal import CKernel
internal import Glibc
internal import Kernel

/// The classic BPF program that lets through what may be a reply to us: the rest of the link's traffic never wakes a booting node.
///
/// It sees a packet from its IP header on, as a SOCK_DGRAM packet socket has it. All it asks is asked again when decoding.
struct ReplyFilter {
    private(set) var program: [sock_filter] = []

    init(transaction: UInt32, hardwareAddress: MACAddress) {
        let hardware = hardwareAddress.rawValue
        load(BPF_B | BPF_ABS, 9)
        require(UInt32(IPPROTO_UDP))
        load(BPF_H | BPF_ABS, 6)
        refuse(anyOf: 0x3fff)
        // X: the length of the IP header.
        append(BPF_LDX | BPF_B | BPF_MSH, 0)
        load(BPF_H | BPF_IND, 2)
        require(UInt32(DHCPv4Client.clientPort))
        // The message starts after the 8 bytes of UDP's header.
        load(BPF_B | BPF_IND, 8)
        require(UInt32(DHCPv4Message.Operation.reply.rawValue))
        load(BPF_H | BPF_IND, 9)
        require(0x0106)
        load(BPF_W | BPF_IND, 8 + 4)
        require(transaction)
        load(BPF_W | BPF_IND, 8 + 28)
        require(UInt32(truncatingIfNeeded: hardware >> 16))
        load(BPF_H | BPF_IND, 8 + 32)
        require(UInt32(truncatingIfNeeded: hardware & 0xffff))
        load(BPF_W | BPF_IND, 8 + 236)
        require(DHCPv4Message.cookie.reduce(0) { $0 << 8 | UInt32($1) })
        append(BPF_RET | BPF_K, .max)
    }

    private mutating func load(_ what: Int32, _ offset: UInt32) { append(BPF_LD | what, offset) }

    /// Goes on where the accumulator is `value`, else drops the packet.
    private mutating func require(_ value: UInt32) {
        append(BPF_JMP | BPF_JEQ | BPF_K, value, ifTrue: 1)
        append(BPF_RET | BPF_K, 0)
    }

    /// Drops the packet where the accumulator has any of these bits.
    private mutating func refuse(anyOf bits: UInt32) {
        append(BPF_JMP | BPF_JSET | BPF_K, bits, ifFalse: 1)
        append(BPF_RET | BPF_K, 0)
    }

    private mutating func append(_ code: Int32, _ value: UInt32, ifTrue: UInt8 = 0, ifFalse: UInt8 = 0) {
        program.append(sock_filter(code: UInt16(truncatingIfNeeded: code), jt: ifTrue, jf: ifFalse, k: value))
    }
}
