namespace RemoteStore.Wire.RemoteWrite;

/// <summary>Outcome of decoding a request as a whole. When it failed, the batch is empty and the request is to be answered 400.</summary>
/// <param name="Error">What is wrong, for the sender; null when the request was decoded.</param>
public readonly record struct DecodeResult(string? Error)
{
    /// <summary>The request was decoded, though single series or samples may have been refused.</summary>
    public static DecodeResult Ok { get; }

    /// <summary>True when the request was decoded.</summary>
    public bool IsOk => Error is null;

    internal static DecodeResult Malformed(string message, int offset) => new($"{message} is malformed at offset {offset}");
}
