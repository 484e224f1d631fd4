using PromptAD.Files;
using PromptAD.Training.Verification;

foreach (string path in args)
{
    using SafetensorsFile file = SafetensorsFile.Open(path);
    ModelVerification.Run(file, path, check => Console.WriteLine($"{(check.Holds ? "ok  " : "FAIL")} {check.Name,-30} {check.Difference:E2} {check.Tolerance:E2}"), default);
}
