using RemoteStore.Api.Http;
using RemoteStore.Storage.Deleting;

namespace RemoteStore.Api.Endpoints.Admin;

/// <summary>What the endpoints that delete have in common: they are there only when the operator wants them.</summary>
internal sealed class AdminApi(ISeriesDeleter? deleter, bool isEnabled)
{
    /// <summary>Who deletes.</summary>
    /// <exception cref="ApiException">The endpoints are off, or nothing can be deleted here.</exception>
    public ISeriesDeleter Deleter => !isEnabled ? throw new ApiException(ApiErrorType.Unavailable, "admin APIs disabled")
        : deleter ?? throw new ApiException(ApiErrorType.Unavailable, "nothing can be deleted from this store");
}
