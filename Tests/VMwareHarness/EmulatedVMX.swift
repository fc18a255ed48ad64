/// The host's side of VMware's two ports, written from the protocol's public documents and with nothing of the client's.
///
/// It is strict: what a guest must not do (a wrong cookie, a step out of turn, bytes past the size that was announced) is refused, as the
/// host does it, and is listed in `violations`. And it is rude: what the protocol does not define in its answers (upper halves of
/// registers, bytes behind a message's tail) is noise.
public struct EmulatedVMX: Sendable {
    /// What the processor's registers hold at the access, and after.
    public struct Registers: Hashable, Sendable {
        public var rax: UInt64 = 0
        public var rbx: UInt64 = 0
        public var rcx: UInt64 = 0
        public var rdx: UInt64 = 0
        public var rsi: UInt64 = 0
        public var rdi: UInt64 = 0
        public var rbp: UInt64 = 0
        public init() {}
    }

    public enum Instruction: Hashable, Sendable {
        /// `in eax, dx`
        case word
        /// `rep insb`
        case bytesIn
        /// `rep outsb`
        case bytesOut
    }

    /// The guest's memory, at its own addresses; nil, or false, where it has none there.
    public struct Memory {
        public var read: (_ address: UInt64, _ count: Int) -> [UInt8]?
        public var write: (_ address: UInt64, _ bytes: [UInt8]) -> Bool

        public init(
            read: @escaping (_ address: UInt64, _ count: Int) -> [UInt8]?,
            write: @escaping (_ address: UInt64, _ bytes: [UInt8]) -> Bool
        ) {
            self.read = read
            self.write = write
        }
    }

    // MARK: - What a test sets

    /// The values of guestinfo, by their whole names.
    public var values: [String: [UInt8]] = [:]
    /// Whole replies to whole commands, before anything else.
    public var replies: [[UInt8]: [UInt8]] = [:]
    /// Whether messages may go by the port 0x5659.
    public var offersBulk = true
    /// Whether a channel with cookies is opened; an old host knows none.
    public var knowsCookies = true
    /// Whether any channel is opened.
    public var opensChannels = true
    /// What GETVERSION answers in EBX.
    public var magicAnswer: UInt64 = 0x564d_5868
    /// The accesses, counted from 0 and from the first after an opening, before which a checkpoint falls.
    public var checkpoints: Set<Int> = []
    /// Whether one falls before each of them.
    public var hasOnlyCheckpoints = false
    /// The access, likewise, before which the machine is resumed elsewhere: all its channels are gone.
    public var resumption: Int?
    /// How often the host says that it has no message yet, before each.
    public var delay = 0
    /// The size that is announced instead of the reply's own.
    public var announcedSize: Int?
    /// What stands where the type of the host's next step should: in an announcement, in a piece.
    public var announcedType: UInt16 = 1
    public var pieceType: UInt16 = 2

    // MARK: - What a test looks at

    /// What the guest did and must not.
    public private(set) var violations: [String] = []
    /// Accesses to each port, and those of them that were messages' after an opening.
    public private(set) var wordAccesses = 0
    public private(set) var bulkAccesses = 0
    public private(set) var messageAccesses = 0
    /// The commands that came whole.
    public private(set) var commands: [[UInt8]] = []
    public private(set) var opened = 0
    public private(set) var closed = 0
    /// Channels that are open now.
    public var openChannels: Int { channels.count }

    // MARK: - State

    private enum Turn: Hashable, Sendable {
        /// A command is to come.
        case idle
        /// A command of that size comes.
        case receiving(size: Int)
        /// The reply is there, not asked for yet.
        case holding
        /// The reply goes out; so much of it is gone.
        case sending(gone: Int)
        /// All of it is gone: the guest is to say that it has it.
        case sent
    }

    private struct Cookie: Hashable, Sendable {
        var high: UInt32
        var low: UInt32
        init(_ high: UInt64, _ low: UInt64) {
            self.high = UInt32(truncatingIfNeeded: high)
            self.low = UInt32(truncatingIfNeeded: low)
        }
    }

    private struct Channel: Sendable {
        var cookie: Cookie
        var turn = Turn.idle
        var command: [UInt8] = []
        var reply: [UInt8] = []
        var delay = 0
    }

    private var channels: [UInt16: Channel] = [:]
    private var noise: UInt64 = 0x9e37_79b9_7f4a_7c15

    public init() {}

    // MARK: - Accesses

    /// Answers an access; false where it is none of VMware's, and faults.
    public mutating func access(_ instruction: Instruction, _ registers: inout Registers, _ memory: Memory) -> Bool {
        let port = registers.rdx & 0xffff
        guard registers.rax & 0xffff_ffff == 0x564d_5868 else { return false }
        switch (instruction, port) {
        case (.word, 0x5658):
            wordAccesses += 1
            word(&registers)
        case (.bytesIn, 0x5659), (.bytesOut, 0x5659):
            bulkAccesses += 1
            bulk(instruction, &registers, memory)
        default: return false
        }
        return true
    }

    private mutating func word(_ registers: inout Registers) {
        switch registers.rcx & 0xffff {
        case 10:  // GETVERSION
            registers.rax = 6
            registers.rbx = magicAnswer
            registers.rcx = 2  // ESX
        case 30: message(&registers)
        default:
            violations.append("command \(registers.rcx & 0xffff)")
            registers.rax = 0xffff_ffff
            registers.rbx = 0
        }
    }

    private mutating func message(_ registers: inout Registers) {
        let step = UInt16(truncatingIfNeeded: registers.rcx >> 16)
        let value = UInt32(truncatingIfNeeded: registers.rbx)
        if step == 0 { return open(&registers, value) }
        let id = UInt16(truncatingIfNeeded: registers.rdx >> 16)
        let cookie = Cookie(registers.rsi, registers.rdi)
        guard step == 6 || !interrupted(by: &registers, id) else { return }
        guard channels[id]?.cookie == cookie, var channel = channels.removeValue(forKey: id) else {
            // A channel that went with a resumption is no guest's fault.
            if channels[id] != nil || resumption == nil { violations.append("step \(step): no such channel or cookie") }
            return answer(&registers, status: 0)
        }
        if step == 6 {
            closed += 1
            return answer(&registers, status: 1)
        }
        let status = take(step, value, &channel, &registers)
        channels[id] = channel
        answer(&registers, status: status)
    }

    /// A checkpoint or a resumption that falls before this access.
    private mutating func interrupted(by registers: inout Registers, _ id: UInt16) -> Bool {
        defer { messageAccesses += 1 }
        if messageAccesses == resumption { channels = [:] }
        guard hasOnlyCheckpoints || checkpoints.contains(messageAccesses) else { return false }
        restart(id)
        answer(&registers, status: 0x10)
        return true
    }

    /// What was under way is begun anew: a command from its size, a reply from its announcement.
    private mutating func restart(_ id: UInt16) {
        guard let channel = channels[id] else { return }
        switch channel.turn {
        case .receiving: channels[id]?.turn = .idle
        case .sending, .sent: channels[id]?.turn = .holding
        case .idle, .holding: break
        }
    }

    private mutating func open(_ registers: inout Registers, _ value: UInt32) {
        let wantsCookie = value & 0x8000_0000 != 0
        if value & 0x7fff_ffff != 0x4943_5052 { violations.append("opening \(value)") }
        guard opensChannels, channels.count < 8, knowsCookies || !wantsCookie,
            let id = (UInt16(0)..<8).first(where: { channels[$0] == nil })
        else { return answer(&registers, status: 0) }
        let bits = random()
        let cookie = wantsCookie ? Cookie(bits, bits >> 32) : Cookie(0, 0)
        channels[id] = Channel(cookie: cookie)
        opened += 1
        registers.rsi = UInt64(cookie.high)
        registers.rdi = UInt64(cookie.low)
        answer(&registers, status: 1, high: id)
    }

    /// A step of a message by the port 0x5658. The status.
    private mutating func take(
        _ step: UInt16, _ value: UInt32, _ channel: inout Channel, _ registers: inout Registers
    ) -> UInt16 {
        let success: UInt16 = offersBulk ? 0x81 : 0x01
        switch (step, channel.turn) {
        case (1, .idle):  // the command's size
            if value > 65_536 { return 0 }
            channel.turn = .receiving(size: Int(value))
            channel.command = []
            if value == 0 { finish([], &channel) }
            return success
        case (2, .receiving(let size)):  // four bytes of it, or what is left
            let count = min(4, size - channel.command.count)
            for place in 0..<count { channel.command.append(UInt8(truncatingIfNeeded: value >> UInt32(8 * place))) }
            if count < 4, value >> UInt32(8 * count) != 0 { violations.append("bytes behind the tail") }
            if channel.command.count == size { finish(channel.command, &channel) }
            return success
        case (3, .holding):  // is there a message?
            if channel.delay > 0 {
                channel.delay -= 1
                return success
            }
            channel.turn = channel.reply.isEmpty ? .sent : .sending(gone: 0)
            registers.rbx = UInt64(announcedSize ?? channel.reply.count)
            registers.rdx = UInt64(announcedType) << 16
            return success | 0x02
        case (4, .sending(let gone)):  // four bytes of it
            if value & 1 == 0 {  // the guest gives it up
                channel.turn = .idle
                return success
            }
            let piece = channel.reply[gone..<min(gone + 4, channel.reply.count)]
            var word = UInt32(truncatingIfNeeded: random())
            for (place, byte) in piece.enumerated() {
                word = word & ~(0xff << UInt32(8 * place)) | UInt32(byte) << UInt32(8 * place)
            }
            registers.rbx = UInt64(word)
            registers.rdx = UInt64(pieceType) << 16
            let end = gone + piece.count
            channel.turn = end == channel.reply.count && announcedSize == nil ? .sent : .sending(gone: end)
            return success
        case (5, .sent):  // the guest has it
            if value & 1 == 0 { violations.append("a reply that was not taken") }
            channel.turn = .idle
            return success
        default:
            violations.append("step \(step) in \(channel.turn)")
            return 0
        }
    }

    private mutating func bulk(_ instruction: Instruction, _ registers: inout Registers, _ memory: Memory) {
        let id = UInt16(truncatingIfNeeded: registers.rdx >> 16)
        let isOut = instruction == .bytesOut
        let cookie = isOut ? Cookie(registers.rbp, registers.rdi) : Cookie(registers.rsi, registers.rbp)
        let size = Int(truncatingIfNeeded: registers.rcx)
        func end(_ status: UInt64) {
            registers.rbx = 0xdead_beef_0000_0000 | status << 16
            registers.rcx = 0
        }
        defer { messageAccesses += 1 }
        if registers.rbx & 0xffff_ffff != 0x1_0000 { violations.append("bulk command \(registers.rbx)") }
        if messageAccesses == resumption { channels = [:] }
        if checkpoints.contains(messageAccesses) {
            restart(id)
            return end(0x10)
        }
        guard var channel = channels[id], channel.cookie == cookie, offersBulk else {
            if resumption == nil { violations.append("bulk: no such channel, cookie, or offer") }
            return end(0)
        }
        defer { channels[id] = channel }
        switch (isOut, channel.turn) {
        case (true, .receiving(size: size)) where channel.command.isEmpty:
            guard let bytes = memory.read(registers.rsi, size) else { return end(0) }
            registers.rsi &+= UInt64(size)
            finish(bytes, &channel)
            end(1)
        case (false, .sending(gone: 0)) where size == channel.reply.count || announcedSize != nil:
            let filler = [UInt8](repeating: 0xee, count: max(0, size - channel.reply.count))
            guard memory.write(registers.rdi, Array((channel.reply + filler).prefix(size))) else { return end(0) }
            registers.rdi &+= UInt64(size)
            channel.turn = .sent
            end(1)
        default:
            violations.append("bulk \(isOut ? "out" : "in") of \(size) in \(channel.turn)")
            end(0)
        }
    }

    // MARK: - Commands

    /// What the host answers to a whole command, however it came.
    public mutating func take(_ command: [UInt8]) -> [UInt8] {
        commands.append(command)
        return reply(to: command)
    }

    private mutating func finish(_ command: [UInt8], _ channel: inout Channel) {
        channel.reply = take(command)
        channel.turn = .holding
        channel.delay = delay
    }

    private mutating func reply(to command: [UInt8]) -> [UInt8] {
        if let reply = replies[command] { return reply }
        let words = command.split(separator: 0x20, maxSplits: 2, omittingEmptySubsequences: false)
        let name = words.count > 1 ? String(decoding: words[1], as: UTF8.self) : ""
        switch String(decoding: words.first ?? [], as: UTF8.self) {
        case "info-get": return values[name].map { Array("1 ".utf8) + $0 } ?? Array("0 No value found".utf8)
        case "info-set":
            values[name] = words.count > 2 ? Array(words[2]) : []
            return Array("1 ".utf8)
        default: return Array("0 Unknown command".utf8)
        }
    }

    // MARK: - Answers

    private mutating func answer(_ registers: inout Registers, status: UInt16, high: UInt16? = nil) {
        let noise = random() & 0xffff_ffff_0000_0000
        registers.rcx = noise | UInt64(status) << 16 | registers.rcx & 0xffff
        if let high { registers.rdx = UInt64(high) << 16 | registers.rdx & 0xffff }
        registers.rdx = noise | registers.rdx & 0xffff_ffff
        registers.rbx = noise | registers.rbx & 0xffff_ffff
    }

    /// Marsaglia's xorshift64.
    private mutating func random() -> UInt64 {
        noise ^= noise << 13
        noise ^= noise >> 7
        noise ^= noise << 17
        return noise
    }
}
