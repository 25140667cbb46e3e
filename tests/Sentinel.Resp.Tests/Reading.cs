using System.Buffers;

namespace Sentinel.Resp.Tests;

/// <summary>Drives a reader the way its remarks ask callers to, and gives back all that came of it as text.</summary>
internal static class Reading
{
    /// <summary>Every value read, and last how it ended when that was not peacefully between two values.</summary>
    public static (List<RespValue> Values, string? Error) Replies(RespReplyReader reader, IEnumerable<ReadOnlySequence<byte>> reads)
    {
        List<RespValue> values = [];
        foreach (ReadOnlySequence<byte> read in reads)
        {
            ReadOnlySequence<byte> buffer = read;
            RespReadStatus status;
            while ((status = reader.TryRead(ref buffer, out RespValue value)) is RespReadStatus.Complete)
                values.Add(value);
            Assert.True(status is RespReadStatus.ProtocolError || buffer.IsEmpty, "NeedMore leaves nothing behind");
        }
        return (values, reader.ProtocolError);
    }

    public static (List<RespValue> Values, string? Error) Replies(byte[][] pieces, RespLimits? limits = null) =>
        Replies(new RespReplyReader(limits ?? RespLimits.Default), pieces.Select(p => new ReadOnlySequence<byte>(p)));

    public static (List<RespValue> Values, string? Error) Replies(string wire, RespLimits? limits = null) =>
        Replies([Pieces.Latin1(wire)], limits);

    /// <summary>Every request read, each as its arguments with a character for each byte, and the protocol error if any.</summary>
    public static (List<string[]> Requests, string? Error) Requests(
        RespCommandReader reader, IEnumerable<ReadOnlySequence<byte>> reads)
    {
        List<string[]> requests = [];
        foreach (ReadOnlySequence<byte> read in reads)
        {
            ReadOnlySequence<byte> buffer = read;
            RespReadStatus status;
            while ((status = reader.TryRead(ref buffer, out RespCommand command)) is RespReadStatus.Complete)
                requests.Add([.. Enumerable.Range(0, command.Count).Select(command.GetLatin1)]);
            Assert.True(status is RespReadStatus.ProtocolError || buffer.IsEmpty, "NeedMore leaves nothing behind");
        }
        return (requests, reader.ProtocolError);
    }

    public static (List<string[]> Requests, string? Error) Requests(
        byte[][] pieces, bool isAuthenticated = true, RespLimits? limits = null) =>
        Requests(
            new RespCommandReader(limits ?? RespLimits.Default, isAuthenticated),
            pieces.Select(p => new ReadOnlySequence<byte>(p)));

    public static (List<string[]> Requests, string? Error) Requests(
        string wire, bool isAuthenticated = true, RespLimits? limits = null) =>
        Requests([Pieces.Latin1(wire)], isAuthenticated, limits);
}
