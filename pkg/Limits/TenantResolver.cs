using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using RemoteStore.Model;

namespace RemoteStore.Limits;

/// <summary>Says whose data a request is about. Writes and reads share it, so that both see the same tenant.</summary>
public sealed class TenantResolver
{
    /// <summary>Header that names the tenant when multi-tenancy is enabled.</summary>
    public const string Header = "X-Scope-OrgID";

    private readonly bool _multitenancyEnabled;

    /// <summary>Creates a resolver.</summary>
    /// <param name="multitenancyEnabled">False: every request is the anonymous tenant's and the header is ignored.</param>
    public TenantResolver(bool multitenancyEnabled) => _multitenancyEnabled = multitenancyEnabled;

    /// <summary>Reads the tenant of a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="tenant">The tenant when null is returned.</param>
    /// <returns>Null, or why the request must be refused.</returns>
    public TenantRefusal? Resolve(HttpRequest request, out TenantId tenant)
    {
        ArgumentNullException.ThrowIfNull(request);
        tenant = TenantId.Anonymous;
        if (!_multitenancyEnabled)
        {
            return null;
        }

        StringValues values = request.Headers[Header];
        if (values.Count > 1)
        {
            return new(StatusCodes.Status400BadRequest, $"the header {Header} occurs {values.Count} times, it must occur once");
        }

        string? name = values.Count == 0 ? null : values[0];
        if (string.IsNullOrEmpty(name))
        {
            return new(StatusCodes.Status401Unauthorized, $"no tenant: multi-tenancy is enabled and the header {Header} is missing");
        }

        return TenantId.TryParse(name, out tenant, out string? error)
            ? null
            : new(StatusCodes.Status400BadRequest, $"the header {Header} is invalid: {error}");
    }
}

/// <summary>Why a request has no tenant.</summary>
/// <param name="StatusCode">HTTP status: 401 when it names none, 400 when the name is invalid.</param>
/// <param name="Message">For the client.</param>
public sealed record TenantRefusal(int StatusCode, string Message);
