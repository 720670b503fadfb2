import COESPlugin
