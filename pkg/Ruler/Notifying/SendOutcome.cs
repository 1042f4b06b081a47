namespace RemoteStore.Ruler.Notifying;

/// <summary>What became of a request to an Alertmanager.</summary>
internal enum SendOutcome
{
    /// <summary>It was taken.</summary>
    Delivered,

    /// <summary>It was refused for good; sending it again would not help.</summary>
    Refused,

    /// <summary>It did not get through; sending it again may help.</summary>
    Failed,
}
