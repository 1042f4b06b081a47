namespace RemoteStore.Ruler.Alerting;

/// <summary>State of an alert, in the order of urgency.</summary>
public enum AlertState
{
    /// <summary>Its series is gone; it is remembered for a while, to be told as resolved.</summary>
    Inactive = 0,

    /// <summary>Its series is there, not yet for as long as the rule asks.</summary>
    Pending,

    /// <summary>It fires.</summary>
    Firing,
}
