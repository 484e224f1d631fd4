using System;
using System.Threading.Tasks;
using PromptAD.Client;

// The default language of .NET Standard 2.0, as in a program for .NET Framework.
public static class StationClient
{
    public static async Task<bool> IsGoodAsync(Uri address, string key, byte[] picture)
    {
        using (var service = new InspectionClient(address, key))
        {
            InspectionResult result = await service.InspectAsync("plate", picture);
            return result.Verdict == InspectionVerdict.OK;
        }
    }
}
