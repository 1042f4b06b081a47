namespace RemoteStore.CompatTests.S3;

/// <summary>What goes wrong with a request on its way to the S3 server, and back.</summary>
internal enum ProxyFault
{
    None,

    /// <summary>The connection is reset before anything got through.</summary>
    Refuse,

    /// <summary>The answer is 503.</summary>
    Unavailable,

    /// <summary>Half of what is sent gets through, then the connection is reset.</summary>
    CutRequest,

    /// <summary>It is done, then the connection is reset.</summary>
    LoseAnswer,

    /// <summary>It is done, half of the answer gets through.</summary>
    CutAnswer,

    /// <summary>Nothing is done and nothing comes, until the client gives up.</summary>
    Hang,
}
