internal import Glibc
internal import Kernel

/// One of the eight channels that the host holds for guests at its ports, and the messages over it.
///
/// A message is its size, then its bytes, four at a time by the port 0x5658 or at once by the port 0x5659, where the host offers that.
/// Registers, types and statuses are those of open-vm-tools (backdoor_def.h, guest_msg_def.h, lib/message/message.c).
struct MessageChannel: Hashable, Sendable {
    private let id: UInt16
    private let cookieHigh: UInt32
    private let cookieLow: UInt32

    /// BDOOR_MAGIC, `VMXh`.
    static let magic: UInt64 = 0x564d_5868
    /// BDOOR_PORT and BDOORHB_PORT.
    static let port: UInt16 = 0x5658
    static let bulkPort: UInt16 = 0x5659
    /// BDOOR_CMD_GETVERSION and BDOOR_CMD_MESSAGE.
    static let getVersion: UInt16 = 10
    static let message: UInt16 = 30
    /// RPCI_PROTOCOL_NUM, `RPCI`: the protocol by which a guest asks.
    static let commandProtocol: UInt32 = 0x4943_5052
    /// GUESTMSG_FLAG_COOKIE: the channel is told by two secret words too, and no other process can guess it.
    static let cookieFlag: UInt32 = 0x8000_0000

    /// MESSAGE_TYPE_*.
    enum Step: UInt16 {
        case open, sendSize, sendPayload, receiveSize, receivePayload, receiveStatus, close
    }

    /// MESSAGE_STATUS_*.
    struct Status: OptionSet, Hashable, Sendable {
        let rawValue: UInt16
        static let success = Status(rawValue: 0x01)
        static let doReceive = Status(rawValue: 0x02)
        static let closed = Status(rawValue: 0x04)
        static let checkpoint = Status(rawValue: 0x10)
        static let bulk = Status(rawValue: 0x80)
    }

    // MARK: - Opening and closing

    /// Throws where there is no VMware at the port, or none that opens a channel.
    static func open(_ ports: some BackdoorPorts) throws(GuestRPCError) -> MessageChannel {
        var registers = PortRegisters()
        registers.rax = magic
        registers.rbx = ~UInt64(0) >> 32  // what is no answer, should nobody change it
        registers.rcx = UInt64(getVersion)
        registers.rdx = UInt64(port)
        try ports.read(&registers)
        guard registers.rbx & 0xffff_ffff == magic else {
            throw GuestRPCError(.unavailable(.portSilent), operation: "get version")
        }
        for flags in [cookieFlag, 0] {
            var registers = request(.open, of: nil)
            registers.rbx = UInt64(commandProtocol | flags)
            try ports.read(&registers)
            guard status(registers).contains(.success) else { continue }
            return MessageChannel(
                id: high(registers.rdx), cookieHigh: UInt32(truncatingIfNeeded: registers.rsi),
                cookieLow: UInt32(truncatingIfNeeded: registers.rdi))
        }
        throw GuestRPCError(.unavailable(.channelRefused), operation: "open")
    }

    /// Best effort: a channel that the host does not know any more is closed.
    func close(_ ports: some BackdoorPorts) {
        var registers = Self.request(.close, of: self)
        try? ports.read(&registers)
    }

    // MARK: - A command and its reply

    /// Whether bytes went, or came, by the bulk port.
    struct Reply: Sendable {
        var bytes: [UInt8]
        var wasBulk: Bool
    }

    func exchange(
        _ command: [UInt8], _ ports: some BackdoorPorts, allowingBulk: Bool, replyLimit: Int,
        until deadline: Deadline
    ) throws(GuestRPCError) -> Reply {
        var wasBulk = false
        _ = try restarting(until: deadline, "send") { () throws(GuestRPCError) -> Bool? in
            try send(command, ports, allowingBulk, &wasBulk, until: deadline) ? true : nil
        }
        let bytes = try restarting(until: deadline, "receive") { () throws(GuestRPCError) -> [UInt8]? in
            try receive(ports, allowingBulk, &wasBulk, replyLimit, until: deadline)
        }
        return Reply(bytes: bytes, wasBulk: wasBulk)
    }

    /// Runs `body` until it answers something but nil, which stands for a checkpoint.
    private func restarting<Answer>(
        until deadline: Deadline, _ operation: String, _ body: () throws(GuestRPCError) -> Answer?
    ) throws(GuestRPCError) -> Answer {
        while true {
            if deadline.hasPassed { throw GuestRPCError(.timedOut, operation: operation) }
            if let answer = try body() { return answer }
        }
    }

    /// False where a checkpoint came between.
    private func send(
        _ command: [UInt8], _ ports: some BackdoorPorts, _ allowingBulk: Bool, _ wasBulk: inout Bool,
        until deadline: Deadline
    ) throws(GuestRPCError) -> Bool {
        var registers = Self.request(.sendSize, of: self)
        registers.rbx = UInt64(command.count)
        guard try step(ports, &registers, "send") else { return false }
        if allowingBulk, Self.status(registers).contains(.bulk), !command.isEmpty {
            wasBulk = true
            var registers = bulkRequest()
            registers.rbp = UInt64(cookieHigh)
            registers.rdi = UInt64(cookieLow)
            try ports.write(command, &registers)
            return try check(Self.bulkStatus(registers), "send")
        }
        wasBulk = false
        var place = 0
        while place < command.count {
            if deadline.hasPassed { throw GuestRPCError(.timedOut, operation: "send") }
            let piece = command[place..<min(place + 4, command.count)]
            var registers = Self.request(.sendPayload, of: self)
            registers.rbx = piece.reversed().reduce(0) { $0 << 8 | UInt64($1) }
            guard try step(ports, &registers, "send") else { return false }
            place += piece.count
        }
        return true
    }

    /// Nil where a checkpoint came between.
    private func receive(
        _ ports: some BackdoorPorts, _ allowingBulk: Bool, _ wasBulk: inout Bool, _ limit: Int,
        until deadline: Deadline
    ) throws(GuestRPCError) -> [UInt8]? {
        guard let announced = try announcement(ports, until: deadline) else { return nil }
        let size = Int(announced.rbx & 0xffff_ffff)
        guard size <= limit else {
            // The host is told that the message was not taken, so that it gives it up.
            var registers = Self.request(.receivePayload, of: self)
            try ports.read(&registers)
            throw GuestRPCError(.tooLarge(limit: limit), operation: "receive")
        }
        var bytes: [UInt8] = []
        if allowingBulk, Self.status(announced).contains(.bulk), size > 0 {
            wasBulk = true
            bytes = [UInt8](repeating: 0, count: size)
            var registers = bulkRequest()
            registers.rsi = UInt64(cookieHigh)
            registers.rbp = UInt64(cookieLow)
            try ports.read(into: &bytes, &registers)
            guard try check(Self.bulkStatus(registers), "receive") else { return nil }
        } else {
            bytes.reserveCapacity(size)
            while bytes.count < size {
                if deadline.hasPassed { throw GuestRPCError(.timedOut, operation: "receive") }
                var registers = Self.request(.receivePayload, of: self)
                registers.rbx = UInt64(Status.success.rawValue)
                guard try step(ports, &registers, "receive") else { return nil }
                try Self.expect(.sendPayload, in: registers)
                for shift in 0..<min(4, size - bytes.count) {
                    bytes.append(UInt8(truncatingIfNeeded: registers.rbx >> UInt64(8 * shift)))
                }
            }
        }
        var registers = Self.request(.receiveStatus, of: self)
        registers.rbx = UInt64(Status.success.rawValue)
        guard try step(ports, &registers, "receive") else { return nil }
        return bytes
    }

    /// Asks until the host has a message; it works a command off before the next step, so the first time as a rule. Nil for a checkpoint.
    private func announcement(
        _ ports: some BackdoorPorts, until deadline: Deadline
    ) throws(GuestRPCError) -> PortRegisters? {
        while true {
            var registers = Self.request(.receiveSize, of: self)
            guard try step(ports, &registers, "receive") else { return nil }
            if Self.status(registers).contains(.doReceive) {
                try Self.expect(.sendSize, in: registers)
                return registers
            }
            if deadline.hasPassed { throw GuestRPCError(.timedOut, operation: "receive") }
            _ = poll(nil, 0, 1)
        }
    }

    // MARK: - Registers

    private static func request(_ step: Step, of channel: MessageChannel?) -> PortRegisters {
        var registers = PortRegisters()
        registers.rax = magic
        registers.rcx = UInt64(step.rawValue) << 16 | UInt64(message)
        registers.rdx = UInt64(channel?.id ?? 0) << 16 | UInt64(port)
        registers.rsi = UInt64(channel?.cookieHigh ?? 0)
        registers.rdi = UInt64(channel?.cookieLow ?? 0)
        return registers
    }

    /// BDOORHB_CMD_MESSAGE is 0.
    private func bulkRequest() -> PortRegisters {
        var registers = PortRegisters()
        registers.rax = Self.magic
        registers.rbx = UInt64(Status.success.rawValue) << 16
        registers.rdx = UInt64(id) << 16 | UInt64(Self.bulkPort)
        return registers
    }

    /// False for a checkpoint; throws for every other failure.
    private func step(
        _ ports: some BackdoorPorts, _ registers: inout PortRegisters, _ operation: String
    ) throws(GuestRPCError) -> Bool {
        try ports.read(&registers)
        return try check(Self.status(registers), operation)
    }

    private func check(_ status: Status, _ operation: String) throws(GuestRPCError) -> Bool {
        if status.contains(.success) { return true }
        if status.contains(.checkpoint) { return false }
        throw GuestRPCError(.connectionLost, operation: operation)
    }

    private static func expect(_ step: Step, in registers: PortRegisters) throws(GuestRPCError) {
        let type = high(registers.rdx)
        guard type == step.rawValue else { throw .malformed(.wrongMessageType(type)) }
    }

    private static func status(_ registers: PortRegisters) -> Status { Status(rawValue: high(registers.rcx)) }
    private static func bulkStatus(_ registers: PortRegisters) -> Status { Status(rawValue: high(registers.rbx)) }
    private static func high(_ register: UInt64) -> UInt16 { UInt16(truncatingIfNeeded: register >> 16) }
}
