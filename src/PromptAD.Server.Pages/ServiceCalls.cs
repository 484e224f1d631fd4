using System.Net;
using Microsoft.Extensions.Localization;
using Microsoft.JSInterop;
using PromptAD.Client;

namespace PromptAD.Server.Pages;

/// <summary>What becomes of a request that the service refuses: words for the person, or the way to the sign-in.</summary>
internal static class ServiceCalls
{
    /// <summary>Whether an error is one of the service, or of the way to it.</summary>
    public static bool IsRefusal(Exception error) => error is InspectionServiceException or HttpRequestException;

    /// <summary>What a person is told; null where the session has ended, and the page is left for the sign-in.</summary>
    public static async Task<string?> TellAsync(Exception error, IStringLocalizer<Words> words, IJSRuntime browser)
    {
        if (error is not InspectionServiceException refused) return words["Busy"];
        switch (refused.Status)
        {
            case HttpStatusCode.Unauthorized:
                await browser.InvokeVoidAsync("promptad.leave");
                return null;
            case HttpStatusCode.Forbidden:
                return words["MayNot"];
            case >= HttpStatusCode.InternalServerError or HttpStatusCode.TooManyRequests:
                return words["Busy"];
            default:
                return refused.Message; // one line of the service, which says what to do
        }
    }
}
