internal import CKernel
public import Kernel
internal import SystemPackage

extension NetlinkConnection {
    /// Sends the requests of `batch`, many a datagram, and answers with what became of each.
    ///
    /// Only the last of a datagram is acknowledged: the kernel reports a refusal unasked. A datagram carries no more requests than the
    /// socket's buffer has room for refusals, so that none is lost; where one is all the same, the outcome says so.
    public mutating func execute(_ batch: inout NetlinkBatch, until deadline: Deadline) -> BatchOutcome {
        var outcome = BatchOutcome(count: batch.count)
        guard !batch.writer.isTooLong else {
            outcome.interruption = NetlinkError(.malformed(.attributeTooLong), operation: "batch")
            return outcome
        }
        let limits = (messages: max(1, transport.receiveBufferSize / Self.bytesOfRefusal), bytes: Self.datagramLimit)
        var first = 0
        while first < batch.count {
            let last = batch.lastOfPiece(from: first, limits: limits)
            do throws(NetlinkError) {
                try send(&batch, first...last, until: deadline, &outcome)
            } catch {
                outcome.interruption = error
                return outcome
            }
            outcome.processed = last + 1
            first = last + 1
        }
        return outcome
    }

    /// What a refusal with the kernel's words takes of the receive buffer at the most: the sk_buff counts, not the message alone.
    private static var bytesOfRefusal: Int { 1_536 }
    /// Well below a send buffer of the default size (net.core.wmem_default, 212,992).
    private static var datagramLimit: Int { 65_536 }

    private mutating func send(
        _ batch: inout NetlinkBatch, _ piece: ClosedRange<Int>, until deadline: Deadline, _ outcome: inout BatchOutcome
    ) throws(NetlinkError) {
        if deadline.hasPassed { throw NetlinkError(.timedOut, operation: "batch") }
        let number = takeSequence(UInt32(clamping: piece.count))
        batch.address(piece, from: number, port: transport.port)
        try transport.send(batch.datagram(piece), until: deadline)
        var awaited = number &+ UInt32(clamping: piece.count - 1)
        while true {
            do throws(NetlinkError) {
                if try collect(batch, piece, number, awaited, until: deadline, &outcome) { return }
            } catch  where error.kind == .overrun {
                // The acknowledgement may be among what was lost: one of a message that does nothing stands in for it. The kernel drops
                // all that comes, without another word, until we have emptied the queue (NETLINK_S_CONGESTED).
                outcome.isUncertain = true
                if try drain(batch, piece, number, awaited, &outcome) { return }
                awaited = takeSequence(1)
                var barrier = NetlinkRequest("batch", type: NLMSG_NOOP, flags: .acknowledge)
                barrier.body.append(bytes: [0, 0, 0, 0])
                try transport.send(
                    barrier.encoded(sequence: awaited, port: transport.port), until: deadline)
            }
        }
    }

    /// One datagram of answers; true when the awaited one was among them.
    private mutating func collect(
        _ batch: borrowing NetlinkBatch, _ piece: ClosedRange<Int>, _ number: UInt32, _ awaited: UInt32,
        until deadline: Deadline, _ outcome: inout BatchOutcome
    ) throws(NetlinkError) -> Bool {
        var isTruncated = false
        let count = try receive(until: deadline, isTruncated: &isTruncated)
        if isTruncated { outcome.isUncertain = true }
        return try scan(count, batch, piece, number, awaited, &outcome)
    }

    /// What is in the queue, without waiting for more; true when the awaited acknowledgement was in it.
    private mutating func drain(
        _ batch: borrowing NetlinkBatch, _ piece: ClosedRange<Int>, _ number: UInt32, _ awaited: UInt32,
        _ outcome: inout BatchOutcome
    ) throws(NetlinkError) -> Bool {
        // Bounded: a queue holds no more messages than this.
        for _ in 0..<transport.receiveBufferSize {
            do throws(NetlinkError) {
                let datagram = try transport.receive(into: &buffer, until: Deadline(in: .zero))
                guard datagram.sender == 0, datagram.byteCount <= buffer.count else { continue }
                if try scan(datagram.byteCount, batch, piece, number, awaited, &outcome) { return true }
            } catch {
                if error.kind == .timedOut { return false }
                if error.kind != .overrun { throw error }
            }
        }
        return false
    }

    private func scan(
        _ count: Int, _ batch: borrowing NetlinkBatch, _ piece: ClosedRange<Int>, _ number: UInt32,
        _ awaited: UInt32, _ outcome: inout BatchOutcome
    ) throws(NetlinkError) -> Bool {
        // SAFETY: bytes have no padding, so all of them are set.
        let bytes = unsafe buffer.span.bytes.extracting(first: count)
        var cursor = MessageCursor()
        var isDone = false
        while let message = try cursor.next(bytes) {
            guard message.port == transport.port, message.type == UInt16(NLMSG_ERROR) else { continue }
            if message.sequence == awaited { isDone = true }
            let place = message.sequence &- number
            guard place < piece.count else { continue }
            let acknowledgement = try ExtendedAcknowledgement(message, in: bytes)
            if acknowledgement.errno == 0 { continue }
            let index = piece.lowerBound + Int(place)
            if let error = acknowledgement.error(
                operation: "batch", subject: nil, body: batch.body(of: index), schema: schemas(batch.type(of: index)))
            {
                outcome.failures.append(.init(index: index, error: error))
            }
        }
        return isDone
    }
}
