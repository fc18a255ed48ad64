internal import Kernel
internal import Netlink

extension RouteConnection {
    /// Sends one request an element, many a datagram, each written in place; the failures are named as a single request's would be.
    mutating func execute<Element>(
        _ elements: [Element], _ operation: String, type: UInt16, flags: NetlinkFlags, until deadline: Deadline,
        _ write: (Element, inout MessageWriter) -> Void, named subject: (Element) -> (String, link: Int32?)
    ) -> BatchOutcome {
        var outcome = BatchOutcome(ofBatch: elements.count)
        var batch = NetlinkBatch()
        var first = 0
        while first < elements.count {
            // In pieces that a cache holds.
            let end = min(first + 1_024, elements.count)
            batch.removeAll()
            for index in first..<end {
                batch.append(type: type, flags: flags) { write(elements[index], &$0) }
            }
            let piece = connection.execute(&batch, until: deadline)
            outcome.join(piece)
            if piece.processed < piece.count { break }
            first = end
        }
        if outcome.failures.isEmpty { return outcome }
        var names: [Int32: String] = [:]
        for failure in outcome.failures {
            guard let index = subject(elements[failure.index]).link, names[index] == nil else { continue }
            names[index] = name(of: index, until: deadline)
        }
        return outcome.named(operation) { index in
            let (words, link) = subject(elements[index])
            return link.flatMap { names[$0] }.map { "\(words) on \($0)" } ?? words
        }
    }
}
