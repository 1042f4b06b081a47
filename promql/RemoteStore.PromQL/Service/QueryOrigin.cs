namespace RemoteStore.PromQL.Service;

/// <summary>Who asks a query, as far as the request tells. Empty where it does not.</summary>
/// <param name="DashboardUid">Header <c>X-Dashboard-UID</c>.</param>
/// <param name="PanelId">Header <c>X-Panel-Id</c>.</param>
/// <param name="UserAgent">Header <c>User-Agent</c>.</param>
/// <param name="RemoteAddress">Address of the client.</param>
public sealed record QueryOrigin(string DashboardUid, string PanelId, string UserAgent, string RemoteAddress)
{
    /// <summary>Nothing is known.</summary>
    public static QueryOrigin Unknown { get; } = new("", "", "", "");
}
